"""`marketry run`: one supervisor, even for one web process, so that a reload starts the new before it stops the old."""

from marketry.supervisor.master import supervise

__all__ = ["supervise"]
