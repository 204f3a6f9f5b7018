use super::*;

fn customers(count: usize) -> Vec<CustomerId> {
    let id = |at| CustomerId::parse(&format!("cus_{at}")).unwrap();
    (0..count).map(id).collect()
}

/// How Housecall Pro answers.
#[derive(Clone, Copy, Debug)]
enum Filter {
    /// As it is documented.
    Honoured,
    /// Not at all: the list has everybody's invoices.
    Ignored,
    /// The last of its names alone counts.
    LastOnly,
    /// Invoices of service plans are nobody's.
    FindsNone,
}

/// What the search comes to, and the calls that it took.
fn search(
    all: &[CustomerId],
    likely: &[usize],
    payers: &[usize],
    filter: Filter,
) -> (Option<CustomerId>, usize) {
    const PAGE: usize = 200;
    let mut search = PayerSearch::new(likely.iter().map(|at| all[*at].clone()).collect());
    let is_payer = |one: &CustomerId| payers.iter().any(|at| all[*at] == *one);
    let (mut calls, mut read) = (0, 0);
    loop {
        // As it is kept when its run ends.
        let kept = serde_json::to_string(&search).unwrap();
        search = serde_json::from_str(&kept).unwrap();
        match search.question() {
            PayerQuestion::Nothing(payer) => return (payer, calls),
            PayerQuestion::MoreCustomers(number) => {
                assert_eq!(read, PAGE * usize::try_from(number - 1).unwrap());
                let page = all.iter().skip(read).take(PAGE).cloned().collect();
                read += PAGE;
                search.customers(page, read >= all.len());
            }
            PayerQuestion::IsOfOneOf(named) => {
                assert!(!named.is_empty() && named.len() <= MOST_NAMED);
                search.answer(match filter {
                    Filter::Honoured => named.iter().any(is_payer),
                    Filter::Ignored => true,
                    Filter::LastOnly => named.last().is_some_and(is_payer),
                    Filter::FindsNone => false,
                });
            }
        }
        calls += 1;
        assert!(calls <= MOST_CALLS);
    }
}

#[test]
fn p6_the_payer_of_an_invoice_is_found_among_hundreds_in_twelve_calls() {
    for count in [1, 2, 3, 5, 64, 127, 128, 129, 200, 250] {
        let all = customers(count);
        for payer in 0..count {
            let (found, _) = search(&all, &[], &[payer], Filter::Honoured);
            assert_eq!(found.as_ref(), Some(&all[payer]), "{payer} of {count}");
        }
    }
}

#[test]
fn p6_who_has_a_service_plan_is_found_first() {
    let all = customers(2_000);
    // Nobody looks as far as this otherwise.
    assert_eq!(search(&all, &[], &[1_500], Filter::Honoured).0, None);
    let likely: Vec<usize> = (1_450..1_550).collect();
    let (found, calls) = search(&all, &likely, &[1_500], Filter::Honoured);
    assert_eq!(found, Some(all[1_500].clone()));
    assert!(calls <= 10, "{calls}");
    let (found, calls) = search(&all, &[1_500], &[1_500], Filter::Honoured);
    assert_eq!((found, calls), (Some(all[1_500].clone()), 3));
    // Others go on being found.
    assert_eq!(
        search(&all, &[1_500], &[7], Filter::Honoured).0,
        Some(all[7].clone())
    );
}

#[test]
fn p6_what_the_list_does_not_tell_for_certain_is_nobodys() {
    let all = customers(150);
    for filter in [Filter::Ignored, Filter::FindsNone] {
        for payer in [0, 1, 75, 149] {
            assert_eq!(search(&all, &[], &[payer], filter).0, None, "{filter:?}");
            assert_eq!(search(&all, &[payer], &[payer], filter).0, None);
        }
    }
    for payer in 0..150 {
        let (found, _) = search(&all, &[], &[payer], Filter::LastOnly);
        assert!(found.is_none_or(|found| found == all[payer]));
    }
    // Two of one group.
    assert_eq!(search(&all, &[], &[3, 90], Filter::Honoured).0, None);
    assert_eq!(search(&[], &[], &[], Filter::Ignored), (None, 1));
}
