"""A client that nobody here wrote: anaplan-sdk, driven at the Anaplan sandbox. Every answer passes its pydantic models.

Reads {"authUrl", "apiUrl", "user", "password", "workspaceId", "modelId"} from standard input and prints one line per check.
Exit code 0 when all hold. The SDK knows only the vendor's addresses, so its transport sends them to the sandbox instead.
"""

import json
import sys

import httpx2
from anaplan_sdk import Client
from anaplan_sdk.exceptions import AnaplanException

sandbox = json.load(sys.stdin)
base = httpx2.URL(sandbox["authUrl"])
failures = []


class ToSandbox(httpx2.HTTPTransport):
    """Only the address changes; path, headers and body are the SDK's own."""

    def handle_request(self, request):
        if not request.url.host.endswith(".anaplan.com"):
            raise RuntimeError("unexpected host %s" % request.url.host)
        request.url = request.url.copy_with(scheme=base.scheme, host=base.host, port=base.port)
        return super().handle_request(request)


# Signing in makes a client of its own that takes no transport.
class LocalClient(httpx2.Client):
    def __init__(self, **options):
        super().__init__(transport=ToSandbox(), **options)


httpx2.Client = LocalClient


def check(name, holds, seen=""):
    print("%s %s%s" % ("ok  " if holds else "FAIL", name, "" if holds else ": %r" % (seen,)))
    if not holds:
        failures.append(name)


def client(password=sandbox["password"], **options):
    return Client(
        workspace_id=sandbox["workspaceId"],
        model_id=sandbox["modelId"],
        user_email=sandbox["user"],
        password=password,
        status_poll_delay=1,
        **options,
    )


def named(items, name):
    return next(item for item in items if item.name == name)


def counts(result):
    values = result.details[0].values
    return dict(zip(values[::2], values[1::2]))


def refused(call):
    try:
        call()
    except AnaplanException:
        return True
    return False


anaplan = client()
files = {file.name: file.id for file in anaplan.get_files()}
imports = {item.file_id: item for item in anaplan.get_imports()}
process = named(anaplan.get_processes(), "Load Receivables")
view = named(anaplan.tr.get_views(), "Receivables with data")
entities = named(anaplan.tr.get_lists(), "Legal Entities")
module = named(anaplan.tr.get_modules(), "Receivables")

export = named(anaplan.get_exports(), "Receivables.csv")
line_items = [item.name for item in anaplan.tr.get_line_items(module.id)]
check("every import reads a file of the model", set(imports) == set(files.values()) - {export.id}, imports)
check("line items pass the SDK's full model", line_items == ["Invoices", "Invoiced", "Cash Received", "Open"], line_items)
check("a view has rows", bool(anaplan.tr.get_view_info(view.id).rows))
check("list metadata counts items", anaplan.tr.get_list_metadata(entities.id).item_count == 0)
check("the current period has a calendar", bool(anaplan.tr.get_current_period().calendar_type))
check("an empty list has no items key", anaplan.tr.get_list_items(entities.id) == [])

anaplan.upload_file(files["legal-entities.csv"], "Code,Name\n391,West\n406,East\n")
anaplan.upload_file(files["currencies.csv"], "Code,Name\nUSD,USD\n")
rows = (
    "Legal Entity,Currency,Month,Invoices,Invoiced,Cash Received,Open\n"
    "391,USD,Jan 13,2,12345678901234.5678,55.94,65.88\n"
    "999,USD,Jan 13,1,1,0,1\n"
)
small = client(upload_chunk_size=37)
small.upload_file(files["receivables.csv"], rows)
task = anaplan.run_action(process.id)
leaf = task.result.nested_results[-1]
check("a process ends COMPLETE and successful although a row was ignored", task.result.successful and leaf.failure_dump_available)
check("the row verdict counts it", (counts(leaf)["successRowCount"], counts(leaf)["ignoredCount"]) == ("1", "1"), counts(leaf))
check("chunks that end mid-row are joined", anaplan.get_file(files["receivables.csv"]).decode() == rows)

small.upload_file_stream(files["receivables.csv"], iter([rows[:40], rows[40:]]))
single = anaplan.run_action(imports[files["receivables.csv"]].id)
check("an upload of unknown length is completed", counts(single.result)["totalRowCount"] == "2", single)
check("tasks are listed", len(anaplan.get_task_summaries(process.id)) == 1)

data = anaplan.tr.get_view_data(view.id)
cells = [row["cells"] for row in data["rows"]]
check("the view's JSON has the digits that were sent", cells == [["2", "12345678901234.5678", "55.94", "65.88"]], data)
exported = anaplan.export_and_download(export.id).decode()
check("an export is read from the file with its own id", "12345678901234.5678" in exported, exported)

added = anaplan.tr.insert_list_items(entities.id, [{"code": "391", "name": "Other"}, {"code": "770", "name": "North"}])
check("adding an existing item is ignored", (added.added, added.ignored, len(added.failures)) == (1, 1, 1), added)
check("the item was not changed", named(anaplan.tr.get_list_items(entities.id), "West").code == "391")
found = anaplan.tr.lookup_dimension_items(20000000003, names=["Jan 13", "Jan 99"])
check("time items are found by name", [item.name for item in found] == ["Jan 13"], found)

dimensions = [
    {"dimensionId": str(entities.id), "itemCode": "391"},
    {"dimensionName": "Currencies", "itemCode": "USD"},
    {"dimensionId": "20000000003", "itemName": "Feb 13"},
]
good = {"lineItemName": "Open", "dimensions": dimensions, "value": 1.25}
written = anaplan.tr.update_module_data(module.id, [good, {**good, "lineItemName": "None"}])
check("a bad cell does not stop a good one", (written["numberOfCellsChanged"], len(written["failures"])) == (1, 1), written)

forecast = named(anaplan.tr.get_modules(), "Forecast")
plan = named(anaplan.tr.get_views(), "Forecast with data")
planned = [item.name for item in anaplan.tr.get_line_items(forecast.id)]
check("the forecast's line items pass the SDK's full model", planned == ["Billings", "Collections"], planned)
named_versions = anaplan.tr.lookup_dimension_items(20000000020, names=["Actual", "Budget", "Nothing"])
versions = {item.name: item.id for item in named_versions}
check("versions are found by name", list(versions) == ["Actual", "Budget"], versions)
shown = [row.name for row in anaplan.tr.get_view_info(plan.id).rows]
check("the forecast's view is by version", shown == ["Versions", "Legal Entities", "Currencies", "Time"], shown)
in_version = [*dimensions, {"dimensionId": "20000000020", "itemId": str(versions["Budget"])}]
billing = {"lineItemName": "Billings", "dimensions": in_version, "value": 1250.75}
actual = [*dimensions, {"dimensionName": "Versions", "itemName": "Actual"}]
written = anaplan.tr.update_module_data(forecast.id, [billing, {**billing, "dimensions": actual}])
check("a planned cell is written, an actual one refused", (written["numberOfCellsChanged"], len(written["failures"])) == (1, 1), written)
data = anaplan.tr.get_view_data(plan.id)
check("the forecast's JSON names version and value", [(row["rowCoordinates"][0], row["cells"]) for row in data["rows"]] == [("Budget", ["1250.75", "0"])], data)

deleted = anaplan.tr.delete_list_items(entities.id, [{"code": "770"}])
check("a list item is deleted", deleted.deleted == 1, deleted)
check("a wrong password is refused", refused(lambda: client(password="wrong")))

print("anaplan-sdk: %s" % ("%d checks FAILED" % len(failures) if failures else "agrees with the sandbox"))
sys.exit(1 if failures else 0)
