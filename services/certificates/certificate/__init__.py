"""One certificate's whole life: application, assessment, card, review, ending."""
