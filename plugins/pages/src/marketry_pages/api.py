"""What others may import: filling a shop with pages out of files."""

from marketry_pages.importing import FileError, Report, import_pages

__all__ = ["FileError", "Report", "import_pages"]
