"""The use cases of rewards. None of them commits; none of them knows about HTTP."""
