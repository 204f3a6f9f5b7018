//! The sandbox from outside: shapes against recorded samples, the API's manners, a job's life, the socket.

mod api;
mod company;
mod faults;
mod life;
mod money;
mod served;
mod shapes;
