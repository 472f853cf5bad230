//! What calls outside are routed by: dial plans, PSTN usages, voice routes and translation rules.

pub mod call_blocks;
pub mod dial_plans;
pub mod routes;
pub mod translation_rules;
pub mod unassigned_numbers;
pub mod usages;
