"""The register: persons as pseudonyms, applications, assessments, public notices, certificates and their validity."""
