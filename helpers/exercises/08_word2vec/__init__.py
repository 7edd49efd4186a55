"""The exercises of notebook 08: word vectors, counted and learnt."""
