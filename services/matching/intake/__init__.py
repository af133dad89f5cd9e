"""How the files of agencies come in: by the HTTP door, a watched folder, or an operator's command; read by jobs, out of everybody's way."""
