"""What every service knows of the country it works in: offices, divisions, months. Pure; knows no service and no kernel."""
