# %% name="cut off instead of rounded" dies="test_capacity_of_256_and_784_units"
def network_capacity(num_units):
    return int(num_units / (2 * math.log2(num_units)))


# %% name="rounded up" dies="test_capacity_of_other_sizes"
def network_capacity(num_units):
    return math.ceil(num_units / (2 * math.log2(num_units)))


# %% name="natural logarithm" dies="test_capacity_of_256_and_784_units"
def network_capacity(num_units):
    return round(num_units / (2 * math.log(num_units)))


# %% name="factor 2 left out" dies="test_capacity_of_256_and_784_units"
def network_capacity(num_units):
    return round(num_units / math.log2(num_units))


# %% name="0.138 d" dies="test_capacity_of_256_and_784_units"
def network_capacity(num_units):
    return round(0.138 * num_units)


# %% name="the two published examples only" dies="test_capacity_of_other_sizes"
def network_capacity(num_units):
    return 41 if num_units == 784 else 16


# %% name="not rounded" dies="test_capacity_of_256_and_784_units"
def network_capacity(num_units):
    return num_units / (2 * math.log2(num_units))


# %% name="precedence: divided by 2, times log2" dies="test_capacity_of_256_and_784_units"
def network_capacity(num_units):
    return round(num_units / 2 * math.log2(num_units))
