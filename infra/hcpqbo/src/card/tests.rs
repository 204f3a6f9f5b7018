use super::*;

#[test]
fn k1_a_job_is_shown_with_number_customer_total_date_and_link_in_the_companys_time() {
    let money = |total: &str, id: u32| {
        serde_json::json!({ "total": total, "date": "2026-07-26", "method": null, "reference": null, "account": null,
            "deposited": false, "page": format!("https://app.qbo.intuit.com/app/refundreceipt?txnId={id}") })
    };
    let job = serde_json::json!({
        "id": "job_1", "number": "104", "customer": "Dana Sample", "emails": ["b@example.com"],
        "state": "alert", "says": "needs you: see the alert", "waits_for": null, "due": null,
        "housecall": { "read_at": "2026-07-25T13:00:00Z", "date": null, "finished": null, "total": "419.40",
            "balance": "319.40", "invoices": [] },
        "documents": [{ "what": "invoice", "number": "1001", "standing": "there", "date": "2026-07-24",
            "due": "2026-08-23", "total": "419.40", "balance": "319.40", "customer": "Dana Sample",
            "behind": ["1001"], "page": "https://app.qbo.intuit.com/app/invoice?txnId=145" }],
        "payments": [{ "id": "pay_1", "housecall": { "amount": "120.00", "date": "2026-07-24", "method": "Check" },
            "quickbooks": { "came_by": "joined", "gone": false, "credit": false, "total": "120.00",
                "date": "2026-07-24", "pays": [], "unapplied": "20.00", "method": null, "reference": null,
                "account": "Checking", "deposited": false,
                "page": "https://app.qbo.intuit.com/app/recvpayment?txnId=146" },
            "repeats_refunds": "0.00", "not_to_be_sent": false },
            { "id": "pay_2", "housecall": { "amount": "5.00", "date": "2026-07-24", "method": null },
            "quickbooks": null, "repeats_refunds": "0.00", "not_to_be_sent": false }],
        "refunds": [money("40.00", 147)], "expenses": [money("15.00", 149)], "sales_receipts": [money("25.00", 148)],
        "pending": [{ "of": "invoice 104", "changes": [{ "field": "date", "before": "2026-07-24",
            "after": "2026-07-25" }], "more": 1, "refused": null }],
        "triggers": [{ "what": "finished", "at": "2026-07-25T03:30:00Z" }, { "what": "finished", "at": "2026-07-25T03:30:00Z" }],
        "alerts": [{ "id": "am9iXzEjdG90YWxfbWlzbWF0Y2g", "kind": "total_mismatch", "open": true, "count": 2,
            "message": "QuickBooks has 0.01 more.", "resolution": "Compare the two.", "job_number": "104",
            "last_at": "2026-07-25T13:00:00Z" }],
        "inbox": [{ "reference": "QBO-311", "job": "job_1", "job_number": "104", "customer": "Dana Sample",
            "request": "Mark 419.40 as paid.", "amount": "419.40", "since": "2026-07-25T13:00:00Z" }],
        "history": [], "history_next": null,
    });
    let job = serde_json::from_value(job).unwrap();
    let zone = TimeZone::get("America/New_York").unwrap();
    insta::assert_snapshot!(shown(&job, &zone), @r"
    Job         104  job_1
    Customer    Dana Sample
    E-mail      b@example.com (in Housecall Pro only: QuickBooks has one)
    State       needs you: see the alert
    Housecall   over 419.40, of which 319.40 is to be paid, as read 2026-07-25 09:00:00 EDT
    QuickBooks  invoice 1001 of Dana Sample, dated 2026-07-24, due 2026-08-23, over 419.40, of which 319.40 is to be paid
                in Housecall Pro: 1001
                https://app.qbo.intuit.com/app/invoice?txnId=145
    Housecall   payment of 120.00, dated 2026-07-24, Check  pay_1
    QuickBooks  payment of 120.00, dated 2026-07-24, of which 20.00 pays no invoice, in Checking, entered in QuickBooks
                https://app.qbo.intuit.com/app/recvpayment?txnId=146
    Housecall   payment of 5.00, dated 2026-07-24: not in QuickBooks  pay_2
    QuickBooks  refund receipt of 40.00, dated 2026-07-26
                https://app.qbo.intuit.com/app/refundreceipt?txnId=147
    QuickBooks  expense of 15.00, dated 2026-07-26
                https://app.qbo.intuit.com/app/refundreceipt?txnId=149
    QuickBooks  sales receipt of 25.00, dated 2026-07-26
                https://app.qbo.intuit.com/app/refundreceipt?txnId=148
    Pending     invoice 104
                date: 2026-07-24 -> 2026-07-25
                and 1 more
    Inbox       Mark 419.40 as paid. (QBO-311)
    Seen        2026-07-24 23:30:00 EDT  finished
    Alert       cnjlss  2026-07-25 09:00:00 EDT  total_mismatch  job 104  (2 times)
            QuickBooks has 0.01 more.
            To do: Compare the two.
    ");
}
