# On a machine with Python 3.10 or later and make: `make demo`, `make test`. `make tools` needs Go and npm as well.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where the real programs are; the same folder for every checkout with the same pins.
TOOLS = $(shell $(BIN)/python tools/build.py --where)
PYTEST_ARGS ?=

.PHONY: demo test check lint types floors policies docs docs-check lock tools tools-everyday tools-cluster test-real conformance clean

demo: $(VENV)/.demo  ## check the example shop, and write the reports that CI systems read
	@mkdir -p out && rm -f out/report.sarif out/report.xml out/report.json
	@cd examples/shop && ../../$(BIN)/gitops-guard check . --root . \
	    --report sarif=../../out/report.sarif --report junit=../../out/report.xml --report json=../../out/report.json; \
	  code=$$?; if [ $$code -ne 1 ]; then echo "the shop has faults, so check should end with 1; it ended with $$code" >&2; exit 1; fi
	@ls -l out/report.sarif out/report.xml out/report.json

test: $(VENV)/.test  ## everything that needs only Python
	$(BIN)/pytest -m "not real" -n 2 $(PYTEST_ARGS)

check: lint types floors policies docs-check  ## everything that is not a test of behaviour

lint: $(VENV)/.check
	$(BIN)/ruff check .

types: $(VENV)/.check
	$(BIN)/mypy

floors: $(VENV)/.check
	$(BIN)/lint-imports

policies: $(VENV)/.test
	$(BIN)/pytest tests/test_policies.py $(PYTEST_ARGS)

docs: $(VENV)/.demo  ## write the page that is made from the policies
	$(BIN)/python tools/docs.py

docs-check: $(VENV)/.demo
	$(BIN)/python tools/docs.py --check

lock: $(VENV)/.check  ## pin what action.yml installs beside this checkout; LOCK_ARGS=--upgrade takes the newest of all
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" $(LOCK_ARGS) pyproject.toml action/build.in -o action/requirements.txt

tools: tools-everyday tools-cluster  ## build the real programs that tests/real compares with

tools-everyday: $(VENV)/.demo  ## those that need no cluster: kustomize, opa, conftest, kubeconform, helm, and what npm has
	$(BIN)/python tools/build.py

tools-cluster: $(VENV)/.demo  ## gator, etcd, kube-apiserver and kubectl
	$(BIN)/python tools/build.py --cluster

test-real: $(VENV)/.real tools
	GITOPS_GUARD_TOOLS="$(TOOLS)" $(BIN)/pytest tests/real -m real $(PYTEST_ARGS)

conformance: $(VENV)/.test tools-everyday  ## CONFORMANCE=the folder with the suites
	GITOPS_GUARD_TOOLS="$(TOOLS)" $(BIN)/python tools/conformance.py "$(CONFORMANCE)" --cmd "$(CURDIR)/$(BIN)/gitops-guard"

clean:
	rm -rf $(VENV) out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# One environment; each stamp says which dependency group is in it. The pip of Python 3.11 is too old for groups.
$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("gitops-guard needs Python 3.10 or later; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.demo: $(VENV)/.venv pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@# As pip does for a wheel, whatever PYTHONDONTWRITEBYTECODE says: else every start compiles what it imports.
	$(BIN)/python -m compileall -q gitops_guard
	@touch $@

$(VENV)/.test: $(VENV)/.demo
	$(BIN)/python -m pip install --quiet --group test
	@touch $@

$(VENV)/.real: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --group real
	@touch $@

$(VENV)/.check: $(VENV)/.demo
	$(BIN)/python -m pip install --quiet --group check
	@touch $@
