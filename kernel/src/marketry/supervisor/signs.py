"""What a web process says to its supervisor: single bytes on a pipe."""

READY = b"R"  # it serves
ALIVE = b"A"  # its event loop turns and one of its threads was free
OUTDATED = b"O"  # plugins or theme were changed since it booted
REFUSED = b"X"  # it can't boot; trying again would not help

BEAT = 2.0  # seconds between two signs of life
STUCK_AFTER = 30.0  # seconds of silence after which a process is replaced; a statement may take 15
BOOT_WITHIN = 120.0  # seconds; a first start may have long migrations to run
STOP_WITHIN = 25.0  # seconds for requests and jobs under way
