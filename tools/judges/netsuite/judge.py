"""A client that nobody here wrote: `netsuite` for Python (signing by authlib), driven at the NetSuite sandbox.

Reads {"url", "account", "consumerKey", "consumerSecret", "tokenKey", "tokenSecret"} from standard input and prints one line
per check. Exit code 0 when all hold. Only the address is replaced; paths, headers, bodies and signatures are the client's own.
"""

import asyncio
import json
import sys

from netsuite import Config, NetSuiteRestApi, TokenAuth
from netsuite.exceptions import NetsuiteAPIRequestError

sandbox = json.load(sys.stdin)
failures = []


class LocalApi(NetSuiteRestApi):
    def _make_url(self, subpath):
        return sandbox["url"] + "/services/rest" + subpath


def check(name, holds, seen=""):
    print("%s %s%s" % ("ok  " if holds else "FAIL", name, "" if holds else ": %r" % (seen,)))
    if not holds:
        failures.append(name)


def api(**overrides):
    keys = {**sandbox, **overrides}
    auth = TokenAuth(
        consumer_key=keys["consumerKey"],
        consumer_secret=keys["consumerSecret"],
        token_id=keys["tokenKey"],
        token_secret=keys["tokenSecret"],
    )
    return LocalApi(Config(account=keys["account"], auth=auth))


async def status_of(call):
    try:
        await call
    except NetsuiteAPIRequestError as refusal:
        return refusal.status_code, json.loads(refusal.response_text)
    return 200, None


def code_of(body):
    return body["o:errorDetails"][0]["o:errorCode"]


async def authentication(netsuite):
    status, body = await status_of(api(tokenSecret="wrong").get("/record/v1/currency"))
    check("a wrong secret is refused with INVALID_LOGIN", (status, code_of(body)) == (401, "INVALID_LOGIN"), body)
    status, body = await status_of(api(account="1_SB9").get("/record/v1/currency"))
    check("another account's realm is refused", status == 401, body)
    found = await netsuite.get("/record/v1/currency", params={"limit": 2, "offset": 2, "x": "a b*!'()~+"})
    check("a query with reserved characters is signed alike", (found["count"], found["offset"]) == (2, 2), found)


async def records(netsuite):
    customer = {"entityId": "J-1", "companyName": 'O\'Neil "& Sons" ü', "subsidiary": {"id": "1"}}
    answer = await netsuite.request("PUT", "/record/v1/customer/eid:J-1", json=customer)
    check("an upsert answers 204 with Location", answer.status_code == 204 and "/customer/" in answer.headers["location"])
    await netsuite.put("/record/v1/customer/eid:J-1", json=customer)
    read = await netsuite.get("/record/v1/customer/eid:J-1")
    check("a customer comes back as written", read["companyName"] == customer["companyName"], read)
    status, body = await status_of(netsuite.post("/record/v1/customer", json={**customer, "externalId": "J-1"}))
    check("the same external id again is refused on POST", (status, code_of(body)) == (400, "USER_ERROR"), body)
    status, body = await status_of(netsuite.patch("/record/v1/customer/eid:J-1", json={"companyNmae": "x"}))
    check("the client's own header makes a mistyped field an error", (status, code_of(body)) == (400, "NONEXISTENT_FIELD"), body)
    line = {"item": {"id": "1"}, "quantity": 2, "rate": 10.25}
    invoice = {"entity": {"externalId": "J-1"}, "tranDate": "2025-01-31", "item": {"items": [line]}}
    await netsuite.put("/record/v1/invoice/eid:J-I1", json=invoice)
    apply = {"items": [{"doc": {"externalId": "J-I1"}, "apply": True, "amount": 5.5}]}
    payment = {"customer": {"externalId": "J-1"}, "payment": 7, "apply": apply}
    await netsuite.put("/record/v1/customerPayment/eid:J-P1", json=payment)
    read = await netsuite.get("/record/v1/invoice/eid:J-I1", params={"expandSubResources": "true"})
    check("a payment reduces what is open", (read["total"], read["amountRemaining"]) == (20.5, 15), read)
    check("sublists are expanded on request", len(read["item"]["items"]) == 1, read)
    status, body = await status_of(netsuite.post("/record/v1/invoice", json={"entity": {"externalId": "J-1"}}))
    check("an invoice without lines is refused", (status, code_of(body)) == (400, "USER_ERROR"), body)
    status, body = await status_of(netsuite.get("/record/v1/invoice/999999"))
    check("an unknown record is 404", (status, code_of(body)) == (404, "NONEXISTENT_ID"), body)


async def orders(netsuite):
    line = {"item": {"id": "1"}, "quantity": 2, "amount": 40, "custcol_billing_id": "B-1", "custcol_bill_on": "2025-01-31"}
    order = {"entity": {"externalId": "J-1"}, "tranDate": "2025-01-01", "custbody_contract": "K-1", "item": {"items": [line, {**line, "amount": 9}]}}
    answer = await netsuite.request("PUT", "/record/v1/salesOrder/eid:J-O1", params={"replace": "item"}, json=order)
    order_id = answer.headers["location"].rsplit("/", 1)[1]
    await netsuite.patch("/record/v1/salesOrder/eid:J-O1", json={"item": {"items": [{"line": 2, "amount": 10}]}})
    read = await netsuite.get("/record/v1/salesOrder/eid:J-O1", params={"expandSubResources": "true"})
    check("a line is changed by its key", [line["amount"] for line in read["item"]["items"]] == [40, 10], read)
    only = {"item": {"items": [{"orderLine": 1, "quantity": 1}]}}
    path = "/record/v1/salesOrder/%s/!transform/invoice" % order_id
    answer = await netsuite.request("POST", path, params={"replace": "item"}, json=only)
    check("a transform answers 204 with Location", answer.status_code == 204 and "/invoice/" in answer.headers["location"])
    invoice_id = answer.headers["location"].rsplit("/", 1)[1]
    rows = await netsuite.suiteql(
        q="SELECT k.previousline, k.nextline, k.foreignamount, i.custbody_contract AS contract, l.custcol_billing_id AS billing "
        "FROM NextTransactionLineLink k JOIN transaction i ON i.id = k.nextdoc "
        "JOIN transactionline l ON l.transaction = k.nextdoc AND l.id = k.nextline "
        "WHERE k.linktype = 'OrdBill' AND k.previousdoc = %s ORDER BY k.nextdoc, k.nextline" % order_id
    )
    links = [{key: value for key, value in row.items() if key != "links"} for row in rows["items"]]
    wanted = {"previousline": "1", "nextline": "1", "foreignamount": "20", "contract": "K-1", "billing": "B-1"}
    check("the invoice is linked to the line that it bills", links == [wanted], links)
    status, body = await status_of(netsuite.post(path, json={"item": {"items": [{"orderLine": 1, "quantity": 2}]}}))
    check("more than is left is refused", (status, code_of(body)) == (400, "USER_ERROR"), body)
    await netsuite.post("/record/v1/invoice/%s/!transform/creditMemo" % invoice_id, json={"tranDate": "2025-02-01"})
    read = await netsuite.get("/record/v1/invoice/%s" % invoice_id)
    check("a credit memo settles the invoice that it comes from", read["amountRemaining"] == 0, read)
    status, body = await status_of(netsuite.delete("/record/v1/salesOrder/eid:J-O1"))
    check("an order that was billed is not deleted", (status, code_of(body)) == (400, "USER_ERROR"), body)


async def queries(netsuite):
    rows = await netsuite.suiteql(
        q="SELECT ID, TranID, ForeignTotal, DueDate, Voided FROM Transaction WHERE Type = 'CustInvc' AND ExternalId = 'J-I1' ORDER BY ID", limit=10
    )
    row = {key: value for key, value in rows["items"][0].items() if key not in ("links", "id")}
    check("keys are lower case, values text, NULL absent", row == {"tranid": row["tranid"], "foreigntotal": "20.5", "voided": "F"}, row)
    first = await netsuite.suiteql(q="SELECT id FROM currency ORDER BY id", limit=3)
    second = await netsuite.suiteql(q="SELECT id FROM currency ORDER BY id", limit=3, offset=3)
    ids = [item["id"] for page in (first, second) for item in page["items"]]
    check("pages follow each other", ids == ["1", "2", "3", "4"] and first["hasMore"] and not second["hasMore"], ids)
    status, body = await status_of(netsuite.suiteql(q="SELECT id FROM currency", limit=3, offset=2))
    check("an offset that is no multiple of the limit is refused", (status, code_of(body)) == (400, "INVALID_PARAMETER"), body)
    status, body = await status_of(netsuite.suiteql(q="SELECT nothing FROM currency"))
    check("an unknown column is refused", (status, code_of(body)) == (400, "INVALID_PARAMETER"), body)
    answers = await asyncio.gather(*[netsuite.suiteql(q="SELECT COUNT(*) AS n FROM transaction") for _ in range(30)])
    check("ten calls at a time are served", {answer["items"][0]["n"] for answer in answers} == {"5"}, answers[0])


async def main():
    netsuite = api()
    await authentication(netsuite)
    await records(netsuite)
    await orders(netsuite)
    await queries(netsuite)
    print("netsuite: %s" % ("%d checks FAILED" % len(failures) if failures else "agrees with the sandbox"))
    sys.exit(1 if failures else 0)


asyncio.run(main())
