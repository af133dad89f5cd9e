"""Endpoints that touch several rooms: 今日待办, finding, progress, own copy, deaths, moves."""
