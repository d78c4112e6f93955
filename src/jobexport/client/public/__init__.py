"""The four clients, which blocking and async programs call."""
