"""What officials send and take along: sheets read, workbooks, papers and charts made, places in words."""
