"""The language's own tools on a shadow copy: problems before, problems after."""
