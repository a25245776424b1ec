"""Work after commit: outbox, runners, schedules."""
