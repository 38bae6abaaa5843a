"""Floor 5: the operators' office. The only folder that may import piccolo."""
