"""Says how large each function is when packed as CDK packs it, and fails when one is over its limit."""

import io
import sys
import zipfile
from pathlib import Path

LIMITS_MB = {"hcp-webhook": 2.5, "qbo-webhook": 2.5, "hcp-sweep": 2.5, "payment-pull": 2.5, "manual-push": 2.5, "notify": 2.5, "office": 3.0, "connect": 3.5, "sync-consumer": 3.5}


def packed_mb(bootstrap: Path) -> float:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.write(bootstrap, "bootstrap")
    return len(buffer.getvalue()) / 1_000_000


def main(folder: Path) -> int:
    too_large = 0
    for name, limit in LIMITS_MB.items():
        bootstrap = folder / name / "bootstrap"
        if not bootstrap.is_file():
            sys.exit(f"{bootstrap} is missing: run `make build-lambda`")
        size = packed_mb(bootstrap)
        too_large += size > limit
        print(f"{name:15} {size:5.2f} MB  (limit {limit} MB){'  TOO LARGE' if size > limit else ''}")
    return min(too_large, 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
