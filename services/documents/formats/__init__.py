"""The formats in which a sheet comes, each as worksheets of lines; `file.py` says which one a file has."""
