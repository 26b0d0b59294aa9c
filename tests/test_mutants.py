"""The defects of the long proofs still fit the code that they are put into."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.test_proofs_mutants import MUTANTS, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_defect_has_its_place_in_the_code(mutant: Mutant, tmp_path: Path) -> None:
    package = mutant.make(tmp_path) / "assetgen"
    changed = (package / mutant.file).read_text(encoding="utf-8")
    compile(changed, mutant.file, "exec")
    assert mutant.new in changed
