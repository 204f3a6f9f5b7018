//! P6: whose an invoice of a service plan is. Its record does not tell, but Housecall Pro's list of invoices can be asked
//! for those of some customers: a group is asked for as a whole, and one that has the invoice is halved.

use std::{
    collections::{BTreeSet, VecDeque},
    mem,
};

use hcp::CustomerId;
use serde::{Deserialize, Serialize};

/// So many calls are made for one invoice, pages of customers included.
pub const MOST_CALLS: usize = 12;

/// So many customers are named in one question: its address stays below the 8,000 characters that every server takes.
const MOST_NAMED: usize = 128;

/// What is asked next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayerQuestion {
    /// Which customers stand on this page, the last changed first.
    MoreCustomers(u32),
    /// Whether the invoice is one of those of these customers.
    IsOfOneOf(Vec<CustomerId>),
    /// Nothing: it is this customer's, or it cannot be told.
    Nothing(Option<CustomerId>),
}

/// A search for the payer of an invoice, which can be interrupted between two questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerSearch {
    /// Calls that may still be made.
    left: usize,
    /// Customers who were not asked for yet, the likeliest first.
    waiting: VecDeque<CustomerId>,
    known: BTreeSet<CustomerId>,
    pages: u32,
    has_more_customers: bool,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// It is not known in which group they are; this one is asked for.
    Groups(Vec<CustomerId>),
    /// They are one of these, out of a group; whether that was said of these alone, and not of what is left of more.
    Halves(Halves),
    /// They are this one, unless it is told of the others of their group too.
    Others {
        found: CustomerId,
        others: Vec<CustomerId>,
    },
    Ended(Option<CustomerId>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Halves {
    group: Vec<CustomerId>,
    suspects: Vec<CustomerId>,
    is_said_of_them: bool,
}

impl Halves {
    /// Who is asked for: a half of them, and of the last one nobody is left out.
    fn asked(&self) -> &[CustomerId] {
        let half = self.suspects.len().div_ceil(2);
        self.suspects.get(..half).unwrap_or_default()
    }
}

impl PayerSearch {
    /// A search that begins with the customers who are likely.
    pub fn new(likely: Vec<CustomerId>) -> Self {
        let mut search = Self {
            left: MOST_CALLS,
            waiting: VecDeque::new(),
            known: BTreeSet::new(),
            pages: 0,
            has_more_customers: true,
            stage: Stage::Groups(Vec::new()),
        };
        search.enter(likely);
        search
    }

    /// What is to be asked; its answer is entered by [`Self::customers`] or [`Self::answer`].
    pub fn question(&mut self) -> PayerQuestion {
        let asked = match &mut self.stage {
            Stage::Ended(payer) => return PayerQuestion::Nothing(payer.clone()),
            _ if self.left == 0 => return PayerQuestion::Nothing(None),
            Stage::Groups(group) => {
                let most = largest_group(self.left);
                if self.waiting.is_empty() && most > 0 && self.has_more_customers {
                    return self.more_customers();
                }
                *group = self.waiting.drain(..most.min(self.waiting.len())).collect();
                group.clone()
            }
            Stage::Halves(halves) => halves.asked().to_vec(),
            Stage::Others { others, .. } if others.is_empty() && self.has_more_customers => {
                return self.more_customers();
            }
            Stage::Others { found, others } => {
                if others.is_empty() {
                    // There is nobody else.
                    return PayerQuestion::Nothing(Some(found.clone()));
                }
                others.clone()
            }
        };
        if asked.is_empty() {
            return PayerQuestion::Nothing(None);
        }
        self.left -= 1;
        PayerQuestion::IsOfOneOf(asked)
    }

    fn more_customers(&mut self) -> PayerQuestion {
        self.left -= 1;
        self.pages += 1;
        PayerQuestion::MoreCustomers(self.pages)
    }

    /// Enters further customers.
    pub fn customers(&mut self, customers: Vec<CustomerId>, is_last: bool) {
        self.has_more_customers = !is_last;
        self.enter(customers);
        if let Stage::Others { others, .. } = &mut self.stage {
            others.extend(self.waiting.drain(..self.waiting.len().min(MOST_NAMED)));
        }
    }

    fn enter(&mut self, customers: Vec<CustomerId>) {
        let new = customers.into_iter();
        let new = new.filter(|customer| self.known.insert(customer.clone()));
        self.waiting.extend(new);
    }

    /// Enters whether the invoice was one of those that were asked for.
    pub fn answer(&mut self, is_there: bool) {
        let stage = mem::replace(&mut self.stage, Stage::Ended(None));
        self.stage = match stage {
            Stage::Groups(group) if is_there => halves(group.clone(), group, true),
            Stage::Groups(_) => Stage::Groups(Vec::new()),
            Stage::Halves(mut of) => {
                let rest = of.suspects.split_off(of.asked().len());
                match (is_there, rest.is_empty()) {
                    (true, _) => halves(of.group, of.suspects, true),
                    (false, false) => halves(of.group, rest, false),
                    // It was said of the group, and of nobody in it.
                    (false, true) => Stage::Ended(None),
                }
            }
            // Of others too: the question was not understood, or two have it.
            Stage::Others { found, .. } => Stage::Ended((!is_there).then_some(found)),
            ended @ Stage::Ended(_) => ended,
        };
    }
}

fn halves(group: Vec<CustomerId>, suspects: Vec<CustomerId>, is_said_of_them: bool) -> Stage {
    match suspects.as_slice() {
        [found] if is_said_of_them => Stage::Others {
            found: found.clone(),
            others: group.into_iter().filter(|one| one != found).collect(),
        },
        _ => Stage::Halves(Halves {
            group,
            suspects,
            is_said_of_them,
        }),
    }
}

/// The largest group that can be halved to its end with so many calls: one for the group, one for each half, one for the
/// last one alone, and one for the others.
fn largest_group(calls: usize) -> usize {
    match calls {
        0 | 1 => 0,
        2 | 3 => 1,
        calls => MOST_NAMED.min(1 << (calls.min(MOST_CALLS) - 3)),
    }
}

#[cfg(test)]
mod tests;
