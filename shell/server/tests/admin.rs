mod group_licenses;
mod orders;
