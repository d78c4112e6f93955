"""The spellings in which servers, proxies and libraries repeat a secret, and the check that a text has none of them."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote

SECRET = "MIIEsecret+Token-w0rd/Zz9=="


def spellings(secret: str = SECRET) -> dict[str, str]:
    """Return the spellings by name; the text around a secret in base64 changes its letters."""
    content = secret.encode()
    return {
        "plain": secret,
        "lower case": secret.lower(),
        "upper case": secret.upper(),
        "swapped case": secret.swapcase(),
        "without its end": secret[:-1],
        "without its beginning": secret[1:],
        "first half": secret[: len(secret) // 2],
        "last half": secret[len(secret) // 2 :],
        "twice": secret * 2,
        "percent": quote(secret, safe=""),
        "percent, slash kept": quote(secret),
        "percent, lower case": quote(secret, safe="").replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d"),
        "percent, all": "".join(f"%{byte:02X}" for byte in content),
        "percent, twice": quote(quote(secret, safe=""), safe=""),
        "JSON, = escaped": secret.replace("=", "\\u003d"),
        "JSON, / escaped": secret.replace("/", "\\/"),
        "JSON, all": "".join(f"\\u{ord(letter):04X}" for letter in secret),
        "JSON in JSON": json.dumps(json.dumps("".join(f"\\u{ord(letter):04x}" for letter in secret))),
        "JavaScript": "".join(f"\\x{byte:02x}" for byte in content),
        "entities, some": secret.replace("=", "&#61;").replace("+", "&#x2B;"),
        "entities, all": "".join(f"&#{byte};" for byte in content),
        "entities, hexadecimal": "".join(f"&#x{byte:X};" for byte in content),
        "entities, named": secret.replace("=", "&equals;").replace("+", "&plus;").replace("/", "&sol;"),
        "entities, escaped": html.escape("".join(f"&#{byte};" for byte in content)),
        "base64": base64.b64encode(content).decode().rstrip("=")[:-2],
        "base64 for URLs": base64.urlsafe_b64encode(content).decode().rstrip("=")[:-2],
        **{
            f"base64 behind {before} bytes": base64.b64encode(b"x" * before + content + b"yz").decode()[4:-4]
            for before in range(3)
        },
        "hexadecimal": content.hex(),
        "hexadecimal, upper case": content.hex().upper(),
        "UTF-16": "\0".join(secret),
    }


def leaks(text: str, secret: str = SECRET) -> list[str]:
    """Return the names of the spellings that a text has, as it is, or as a browser or a reader of JSON shows it."""
    shown = {text, html.unescape(text), text.replace("\\\\", "\\")}
    return [name for name, spelling in spellings(secret).items() if any(spelling in each for each in shown)]
