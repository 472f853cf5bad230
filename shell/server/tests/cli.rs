mod accounts;
mod check;
mod numbers;
mod print;
mod tokens;
