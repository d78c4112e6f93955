"""The editions whose facts tests name."""

from __future__ import annotations

KNOWN = ("huaweicloud-cn-2020", "huaweicloud-cn-2025", "huaweicloud-intl-2026", "otc-2024", "otc-2026")
"""The editions that there were when facts of single editions were written into tests; a later one may differ."""
