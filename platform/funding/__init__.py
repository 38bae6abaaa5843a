"""Money of a case: tariff, who pays, settlement. Plan 六(四); obligations 38–51."""
