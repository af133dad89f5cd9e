"""The formats in which a sheet comes, each as worksheets of lines; `documents/sheet_formats.py` says which one a file has."""
