"""Whether the bill of materials follows CycloneDX's schema to the letter."""

import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

bill = Path(sys.argv[1]).read_text(encoding="utf-8")
problem = JsonStrictValidator(SchemaVersion.V1_5).validate_str(bill)
if problem:
    sys.exit(str(problem))
print("valid CycloneDX 1.5")
