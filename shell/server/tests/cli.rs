mod accounts;
mod check;
mod numbers;
mod print;
mod schedules;
mod tokens;
