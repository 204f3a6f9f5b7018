//! The sandbox from outside: the shapes of its records, the API's manners, a job's life, the socket.

#[cfg(test)]
mod api;
#[cfg(test)]
mod company;
#[cfg(test)]
mod doubts;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod life;
#[cfg(test)]
mod money;
#[cfg(test)]
mod office;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod payments;
#[cfg(test)]
mod sequences;
#[cfg(test)]
mod served;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod writes;
