mod providers;
mod signature;
