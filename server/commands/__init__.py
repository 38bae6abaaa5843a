"""The commands of `tiaojie`, one file per noun."""
