"""One way to write an e-mail address, so that two accounts never share a mailbox and a look-alike is never another's.

`normal` compares compatible characters as one (NFKC: fullwidth letters), case folded, the host in its ASCII form (IDNA 2008).
Mails go to the stored normal form, never to what was typed. Letters of other alphabets that only look alike stay different
in a host, where they have another ASCII form; before the @ they are refused, as most mail servers refuse them.
"""

from unicodedata import normalize

from email_validator import EmailNotValidError, validate_email

MOST = 254


def normal(typed: str) -> str:
    """The normal form, at most 254 characters of ASCII, of which the normal form is itself; ValueError where it is no address."""
    text = _folded(typed.strip())
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, allow_quoted_local=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    address = f"{found.local_part}@{found.ascii_domain}".lower()
    if len(address) > MOST:
        raise ValueError("The address is too long.")
    return address


def _folded(text: str) -> str:
    """Compatible characters as one, and no case; folding may leave something to compose again (Unicode, section 3.13)."""
    return normalize("NFKC", normalize("NFKC", text).casefold())
