mod certificate;
mod turns;
