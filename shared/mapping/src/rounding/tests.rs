use super::*;

fn cents(amount: i64) -> Cents {
    Cents::new(amount)
}

/// A bill over so much, with so much tax in it.
fn bill(total: i64, tax: i64) -> Bill {
    Bill {
        lines: Vec::new(),
        discount: Cents::ZERO,
        tax: cents(tax),
        tax_names: Vec::new(),
        total: cents(total),
    }
}

fn made(total: i64, tax: i64, rates: usize, line: i64) -> WorkedOut {
    WorkedOut {
        total: cents(total),
        tax: cents(tax),
        rates,
        line: cents(line),
        tried: false,
    }
}

#[test]
fn x6_the_line_is_what_the_tax_lacks_and_a_cent_for_each_rate_at_most() {
    let ours = bill(10_756, 756);
    for (made, difference) in [
        // Total and tax in QuickBooks, its rates, and the line in it.
        (made(10_756, 756, 1, 0), Some(0)),
        (made(10_755, 755, 1, 0), Some(1)),
        (made(10_757, 757, 1, 0), Some(-1)),
        (made(10_754, 754, 2, 0), Some(2)),
        (made(10_758, 758, 3, 0), Some(-2)),
        // Too much for its rates, or rates that are not known.
        (made(10_754, 754, 1, 0), None),
        (made(10_755, 755, 0, 0), None),
        // With the line both agree; without it, or with a wrong one, the next is another.
        (made(10_756, 755, 1, 1), Some(1)),
        (made(10_756, 757, 1, -1), Some(-1)),
        (made(10_757, 756, 1, 1), Some(0)),
        (made(10_754, 755, 1, -1), Some(1)),
        // Something else than tax differs.
        (made(10_755, 756, 1, 0), None),
        (made(10_756, 755, 1, 0), None),
        (made(10_757, 755, 9, 0), None),
    ] {
        let expected = difference.map(cents);
        assert_eq!(super::difference(&ours, made), expected, "{made:?}");
        let by_line = line(Rounding::Line, &ours, made);
        assert_eq!(by_line, expected.unwrap_or_default(), "{made:?}");
        // Where a person is told, only a line that is right stays.
        let kept = Some(made.line).filter(|there| expected == Some(*there));
        let told = line(Rounding::Alert, &ours, made);
        assert_eq!(told, kept.unwrap_or_default(), "{made:?}");
    }
    // What was tried stays as it is.
    for there in [0, 1] {
        let tried = WorkedOut {
            tried: true,
            ..made(10_755, 755, 1, there)
        };
        assert_eq!(line(Rounding::Line, &ours, tried), cents(there));
    }
    let most = made(i64::MIN, i64::MAX, usize::MAX, 1);
    assert_eq!(super::difference(&ours, most), None);
}

#[test]
fn x6_a_bill_with_the_line_comes_to_the_same_and_leaves_quickbooks_its_own_tax() {
    for by in [1, -1, 2] {
        let rounded = bill(10_756, 756).rounded(cents(by));
        assert_eq!(rounded.total, cents(10_756));
        assert_eq!(rounded.tax, cents(756), "Housecall Pro's");
        assert_eq!(rounded.tax_in_quickbooks(), cents(756 - by));
        assert_eq!(rounded.rounding(), cents(by));
        let line = &rounded.lines[0];
        assert_eq!((line.name.as_str(), line.taxable), ("Rounding", false));
    }
    assert_eq!(bill(10_756, 756).rounding(), Cents::ZERO);
}

#[test]
fn x6_only_the_last_line_sold_is_the_one_of_rounding() {
    let sold = |text: &str, amount: i64| {
        qbo::Line::sales_item(cents(amount), qbo::SalesItemLine::default()).described(text)
    };
    let discount = || qbo::Line::discount(cents(500), None);
    for (lines, expected) in [
        (vec![], 0),
        (vec![sold("Hour", 9_500)], 0),
        (vec![sold("Hour", 9_500), sold("Rounding", -1)], -1),
        (
            vec![sold("Hour", 9_500), sold("Rounding", 1), discount()],
            1,
        ),
        (vec![sold("Rounding", 1), sold("Hour", 9_500)], 0),
    ] {
        let wrote = qbo::Invoice {
            line: lines,
            ..qbo::Invoice::default()
        };
        assert_eq!(line_in(&wrote), cents(expected), "{wrote:?}");
    }
}
