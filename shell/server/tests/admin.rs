mod group_licenses;
mod orders;
mod pace;
mod waiting;
