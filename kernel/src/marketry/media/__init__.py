"""Pictures of the shop: re-encoded, named by their content, kept in a folder or in object storage, in the sizes screens need."""

from marketry.media.library import Media, MediaFile

__all__ = ["Media", "MediaFile"]
