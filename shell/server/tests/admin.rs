mod group_licenses;
mod orders;
mod pace;
