"""python-quickbooks and intuit-oauth, as they are published, against the sandbox.

Nothing of them is changed but their base addresses. Arguments: the sandbox's address, the client's secret.
"""

import html
import json
import re
import sys
from urllib.parse import parse_qs, urlparse

import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import (
    AuthorizationException,
    ObjectNotFoundException,
    QuickbooksException,
    UnsupportedException,
    ValidationException,
)
from quickbooks.objects import (
    Account,
    Address,
    CompanyInfo,
    CreditMemo,
    Customer,
    Deposit,
    DepositLine,
    EmailAddress,
    Invoice,
    Item,
    Payment,
    PaymentLine,
    PhoneNumber,
    Preferences,
    Ref,
    RefundReceipt,
    SalesItemLine,
    SalesItemLineDetail,
    SalesReceipt,
    TaxAgency,
    TaxCode,
    TaxRateDetails,
    TaxService,
    Vendor,
)
from quickbooks.objects.base import LinkedTxn
from quickbooks.objects.deposit import DepositLineDetail

BASE, SECRET = sys.argv[1:]
REDIRECT = "https://app.example/callback"
CLIENT = "sandbox-client"


def control(path, body):
    answer = requests.post(f"{BASE}/_sandbox/{path}", json=body)
    assert answer.status_code == 200, answer.text


def raises(kind, code, call):
    try:
        call()
    except kind as error:
        assert code is None or code == error.error_code, error
        return error
    raise AssertionError(f"{kind.__name__} {code} did not come")


def connect():
    """Consents in the browser's place, and exchanges the code."""
    auth = AuthClient(
        CLIENT,
        SECRET,
        REDIRECT,
        environment=f"{BASE}/.well-known/openid_sandbox_configuration/",
    )
    url = auth.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID, Scopes.EMAIL])
    page = requests.get(url).text
    fields = {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page)
    }
    back = requests.post(
        auth.auth_endpoint, data={**fields, "decision": "connect"}, allow_redirects=False
    ).headers["location"]
    assert back.startswith(REDIRECT + "?")
    answer = {name: values[0] for name, values in parse_qs(urlparse(back).query).items()}
    assert answer["state"] == auth.state_token
    auth.get_bearer_token(answer["code"], realm_id=answer["realmId"])
    assert auth.id_token, "the id token did not verify"
    assert auth.get_user_info().json()["email"] == "owner@example.com"
    again = raises(AuthClientError, None, lambda: auth.get_bearer_token(answer["code"]))
    assert again.status_code == 400
    return auth


def customers(qb):
    customer = Customer()
    customer.DisplayName = "Amy's Bird Sanctuary"
    customer.GivenName = "Amy"
    customer.PrimaryPhone = PhoneNumber()
    customer.PrimaryPhone.FreeFormNumber = "(650) 555-3311"
    customer.PrimaryEmailAddr = EmailAddress()
    customer.PrimaryEmailAddr.Address = "birds@example.com"
    customer.BillAddr = Address()
    customer.BillAddr.Line1 = "4581 Finch St."
    customer.BillAddr.City = "Bayshore"
    made = customer.save(qb=qb, request_id="customer-1")
    assert (made.Id, made.SyncToken, made.Active) == ("1", "0", True)
    # The same request id again makes nothing new.
    customer.Id = None
    assert customer.save(qb=qb, request_id="customer-1").Id == made.Id
    assert Customer.count(qb=qb) == 1
    found = Customer.filter(DisplayName="Amy's Bird Sanctuary", Active=True, qb=qb)
    assert [one.Id for one in found] == [made.Id]
    assert Customer.where("GivenName LIKE 'A%'", order_by="Id DESC", qb=qb)[0].Id == made.Id
    assert Customer.choose(["1", "99"], qb=qb)[0].Id == made.Id
    read = Customer.get(1, qb=qb)
    read.Notes = "Feeds at noon"
    assert read.save(qb=qb).SyncToken == "1"
    raises(QuickbooksException, 5010, lambda: made.save(qb=qb))
    twin = Customer()
    twin.DisplayName = "AMY'S BIRD SANCTUARY"
    raises(QuickbooksException, 6240, lambda: twin.save(qb=qb))
    raises(ObjectNotFoundException, 610, lambda: Customer.get(99, qb=qb))
    raises(ValidationException, 4000, lambda: Customer.where("Id = '1' OR Id = '2'", qb=qb))
    raises(UnsupportedException, 501, lambda: qb.get_report("ProfitAndLoss"))
    return made


def invoices(qb, customer):
    item = Item.where("Name = 'Hours'", qb=qb)[0]
    # Sent as `SELECT *, Sku FROM Item`.
    assert Item.all(qb=qb)[0].Name == "Services"
    line = SalesItemLine()
    line.Amount = 337.5
    line.Description = "Pruning"
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = Ref()
    line.SalesItemLineDetail.ItemRef.value = item.Id
    line.SalesItemLineDetail.UnitPrice = 75
    line.SalesItemLineDetail.Qty = 4.5
    invoice = Invoice()
    invoice.CustomerRef = customer.to_ref()
    invoice.Line.append(line)
    made = invoice.save(qb=qb)
    assert (made.TotalAmt, made.Balance, made.DocNumber) == (337.5, 337.5, "1001")
    assert Customer.get(1, qb=qb).Balance == 337.5
    # What was read is sent back as it came, with one change.
    read = Invoice.get(made.Id, qb=qb)
    read.PrivateNote = "Called ahead"
    changed = read.save(qb=qb)
    assert (changed.SyncToken, changed.TotalAmt) == ("1", 337.5)
    changed.void(qb=qb)
    voided = Invoice.get(made.Id, qb=qb)
    assert (voided.TotalAmt, voided.Balance) == (0, 0)
    voided.delete(qb=qb)
    assert Invoice.where(f"Id = '{made.Id}'", qb=qb) == []
    raises(ObjectNotFoundException, 610, lambda: Invoice.get(made.Id, qb=qb))


def sale(kind, customer, amount):
    """A sales form with one line as the library's own tests make it: `Qty` and `UnitPrice` go out as 0."""
    line = SalesItemLine()
    line.Amount = amount
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = Ref()
    line.SalesItemLineDetail.ItemRef.value = "1"
    assert (line.SalesItemLineDetail.Qty, line.SalesItemLineDetail.UnitPrice) == (0, 0)
    made = kind()
    made.CustomerRef = customer.to_ref()
    made.Line.append(line)
    return made


def paid(customer, amount, *documents):
    payment = Payment()
    payment.CustomerRef = customer.to_ref()
    payment.TotalAmt = amount
    for document, part in documents:
        line = PaymentLine()
        line.Amount = part
        line.LinkedTxn.append(document.to_linked_txn())
        payment.Line.append(line)
    return payment


def money(qb, customer):
    checking = Account.filter(AccountType="Bank", qb=qb)[0]
    invoice = sale(Invoice, customer, 100).save(qb=qb)
    assert (invoice.TotalAmt, invoice.Balance) == (100, 100)

    payment = paid(customer, 60, (invoice, 60)).save(qb=qb)
    assert Invoice.get(invoice.Id, qb=qb).Balance == 40
    over = paid(customer, 100, (invoice, 100)).save(qb=qb)
    assert (over.TotalAmt, over.UnappliedAmt) == (100, 60)
    over.delete(qb=qb)
    assert Invoice.get(invoice.Id, qb=qb).Balance == 40
    memo = sale(CreditMemo, customer, 40).save(qb=qb)
    assert memo.RemainingCredit == 40
    paid(customer, 0, (invoice, 40), (memo, 40)).save(qb=qb)
    assert Invoice.get(invoice.Id, qb=qb).Balance == 0
    assert CreditMemo.get(memo.Id, qb=qb).RemainingCredit == 0

    deposit = Deposit()
    deposit.DepositToAccountRef = checking.to_ref()
    fee = DepositLine()
    fee.Amount = -1.5
    fee.DepositLineDetail = DepositLineDetail()
    fee.DepositLineDetail.AccountRef = Ref()
    fee.DepositLineDetail.AccountRef.value = Account.filter(AccountType="Expense", qb=qb)[0].Id
    linked = DepositLine()
    linked.Amount = 60
    linked.DetailType = None
    linked.LinkedTxn.append(LinkedTxn())
    linked.LinkedTxn[0].TxnId = payment.Id
    linked.LinkedTxn[0].TxnType = "Payment"
    linked.LinkedTxn[0].TxnLineId = 0
    deposit.Line = [linked, fee]
    deposit = deposit.save(qb=qb)
    assert deposit.TotalAmt == 58.5
    payment = Payment.get(payment.Id, qb=qb)
    raises(QuickbooksException, 6540, lambda: payment.void(qb=qb))
    deposit.delete(qb=qb)
    payment = Payment.get(payment.Id, qb=qb)
    payment.void(qb=qb)
    voided = Payment.get(payment.Id, qb=qb)
    assert (voided.TotalAmt, voided.Line) == (0, [])
    assert Invoice.get(invoice.Id, qb=qb).Balance == 60

    receipt = sale(SalesReceipt, customer, 25).save(qb=qb)
    assert (receipt.TotalAmt, receipt.Balance) == (25, 0)
    receipt.void(qb=qb)
    receipt = SalesReceipt.get(receipt.Id, qb=qb)
    assert receipt.TotalAmt == 0
    receipt.delete(qb=qb)
    refund = sale(RefundReceipt, customer, 5)
    refund.DepositToAccountRef = checking.to_ref()
    refund = refund.save(qb=qb)
    assert refund.TotalAmt == 5
    refund.delete(qb=qb)
    raises(ObjectNotFoundException, 610, lambda: RefundReceipt.get(refund.Id, qb=qb))


def taxes(qb):
    control("settings", {"company": {"sales_tax": "manual"}})
    rate = TaxRateDetails()
    rate.TaxRateName = "Bayshore"
    rate.RateValue = 8
    rate.TaxAgencyId = TaxAgency.all(qb=qb)[0].Id
    service = TaxService()
    service.TaxCode = "Bayshore tax"
    service.TaxRateDetails = [rate]
    assert service.save(qb=qb).TaxCode == "Bayshore tax"
    raises(QuickbooksException, 6240, lambda: service.save(qb=qb))
    codes = {code.Name: code.Id for code in TaxCode.all(qb=qb)}
    assert "Bayshore tax" in codes
    control("settings", {"company": {"sales_tax": "off"}})


def lists(qb):
    vendor = Vendor()
    vendor.DisplayName = "Robertson & Associates"
    vendor = vendor.save(qb=qb)
    assert Vendor.filter(DisplayName="Robertson & Associates", qb=qb)[0].Id == vendor.Id
    vendor.Active = False
    assert vendor.save(qb=qb).DisplayName == "Robertson & Associates (deleted)"
    account = Account()
    account.Name = "Fees"
    account.AccountType = "Income"
    assert account.save(qb=qb).Classification == "Revenue"
    assert Preferences.get(qb=qb).CurrencyPrefs.HomeCurrency.value == "USD"
    assert CompanyInfo.get(1, qb=qb).CompanyName == "Sandbox Company"


def batches(qb):
    wanted = []
    for name in ["Bob", "Cat", "Bob"]:
        customer = Customer()
        customer.DisplayName = name
        wanted.append(customer)
    made = batch_create(wanted, qb=qb)
    assert [one.DisplayName for one in made.successes] == ["Bob", "Cat"]
    assert [fault.Error[0].code for fault in made.faults] == ["6240"]
    for customer in made.successes:
        customer.Notes = "in a batch"
    assert [one.SyncToken for one in batch_update(made.successes, qb=qb).successes] == ["1", "1"]
    invoice = Invoice()
    invoice.CustomerRef = made.successes[0].to_ref()
    line = SalesItemLine()
    line.Amount = 5
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = Ref()
    line.SalesItemLineDetail.ItemRef.value = "1"
    line.SalesItemLineDetail.UnitPrice = 5
    line.SalesItemLineDetail.Qty = 1
    invoice.Line.append(line)
    invoice = invoice.save(qb=qb)
    assert batch_delete([invoice], qb=qb).faults == []
    changes = change_data_capture([Customer, Invoice], invoice.MetaData.LastUpdatedTime[:10], qb=qb)
    assert {one.DisplayName for one in changes.Customer} >= {"Bob", "Cat"}
    assert getattr(changes.Invoice[-1], "status") == "Deleted"


def tokens(auth, qb):
    first = auth.refresh_token
    control("clock", {"advance_seconds": 3600})
    raises(AuthorizationException, 401, lambda: Customer.count(qb=qb))
    auth.refresh()
    assert auth.refresh_token == first
    fresh = client(auth)
    assert Customer.count(qb=fresh) == 3
    control("clock", {"advance_seconds": 24 * 3600})
    auth.refresh()
    assert auth.refresh_token != first
    stale = raises(AuthClientError, None, lambda: auth.refresh(refresh_token=first))
    assert (stale.status_code, json.loads(stale.content)) == (400, {"error": "invalid_grant"})
    fresh = client(auth)
    assert Customer.count(qb=fresh) == 3
    assert auth.revoke()
    raises(AuthorizationException, 401, lambda: Customer.count(qb=fresh))
    raises(AuthClientError, None, auth.refresh)


def client(auth):
    return QuickBooks(
        auth_client=auth,
        refresh_token=auth.refresh_token,
        company_id=auth.realm_id,
        minorversion=75,
    )


QuickBooks.api_url_v3 = f"{BASE}/v3"
auth = connect()
qb = client(auth)
amy = customers(qb)
invoices(qb, amy)
money(qb, amy)
taxes(qb)
lists(qb)
batches(qb)
tokens(auth, qb)
print("done")
