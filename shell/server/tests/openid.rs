mod signature;
