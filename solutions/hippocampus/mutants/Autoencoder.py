# %% name="forward returns its input" dies="test_forward_is_decoder_after_encoder"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_hidden), torch.nn.Sigmoid())
        self.decoder = torch.nn.Sequential(torch.nn.Linear(num_hidden, num_inputs), torch.nn.Sigmoid())

    def forward(self, x):
        return x


# %% name="forward returns the code" dies="test_code_and_reconstruction_have_the_right_shapes"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_hidden), torch.nn.Sigmoid())
        self.decoder = torch.nn.Sequential(torch.nn.Linear(num_hidden, num_inputs), torch.nn.Sigmoid())

    def forward(self, x):
        return self.encoder(x)


# %% name="no bottleneck" dies="test_code_and_reconstruction_have_the_right_shapes"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_inputs), torch.nn.Sigmoid())
        self.decoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_inputs), torch.nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% name="no sigmoid at the output" dies="test_code_and_reconstruction_lie_between_0_and_1"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_hidden), torch.nn.Sigmoid())
        self.decoder = torch.nn.Linear(num_hidden, num_inputs)

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% name="no sigmoid in the encoder" dies="test_code_and_reconstruction_lie_between_0_and_1"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Linear(num_inputs, num_hidden)
        self.decoder = torch.nn.Sequential(torch.nn.Linear(num_hidden, num_inputs), torch.nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% name="ReLU in the encoder" dies="test_code_and_reconstruction_lie_between_0_and_1"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_hidden), torch.nn.ReLU())
        self.decoder = torch.nn.Sequential(torch.nn.Linear(num_hidden, num_inputs), torch.nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% name="softmax code" dies="test_both_layers_are_a_sigmoid_of_a_linear_map"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_hidden), torch.nn.Softmax(dim=-1))
        self.decoder = torch.nn.Sequential(torch.nn.Linear(num_hidden, num_inputs), torch.nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% name="sigmoid twice at the output" dies="test_both_layers_are_a_sigmoid_of_a_linear_map"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_hidden), torch.nn.Sigmoid())
        self.decoder = torch.nn.Sequential(torch.nn.Linear(num_hidden, num_inputs), torch.nn.Sigmoid(), torch.nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% name="one layer too many in the encoder" dies="test_both_layers_are_a_sigmoid_of_a_linear_map"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_hidden), torch.nn.Sigmoid(), torch.nn.Linear(num_hidden, num_hidden), torch.nn.Sigmoid())
        self.decoder = torch.nn.Sequential(torch.nn.Linear(num_hidden, num_inputs), torch.nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% name="sizes of 784 and 50 hard-coded" dies="test_code_and_reconstruction_have_the_right_shapes"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(784, 50), torch.nn.Sigmoid())
        self.decoder = torch.nn.Sequential(torch.nn.Linear(50, 784), torch.nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% name="dropout left in" dies="test_forward_is_decoder_after_encoder"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_hidden), torch.nn.Sigmoid())
        self.decoder = torch.nn.Sequential(torch.nn.Linear(num_hidden, num_inputs), torch.nn.Sigmoid())

    def forward(self, x):
        return self.decoder(torch.nn.functional.dropout(self.encoder(x), 0.5))


# %% name="another sigmoid after the decoder" dies="test_forward_is_decoder_after_encoder"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_hidden), torch.nn.Sigmoid())
        self.decoder = torch.nn.Sequential(torch.nn.Linear(num_hidden, num_inputs), torch.nn.Sigmoid())

    def forward(self, x):
        return torch.sigmoid(self.decoder(self.encoder(x)))


# %% name="all weights start equal" dies="test_weights_are_registered_and_random"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(num_inputs, num_hidden), torch.nn.Sigmoid())
        self.decoder = torch.nn.Sequential(torch.nn.Linear(num_hidden, num_inputs), torch.nn.Sigmoid())
        for parameter in self.parameters():
            torch.nn.init.constant_(parameter, 0.1)

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% name="layers hidden in a list" dies="test_weights_are_registered_and_random"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.layers = [torch.nn.Linear(num_inputs, num_hidden), torch.nn.Linear(num_hidden, num_inputs)]

    def encoder(self, x):
        return torch.sigmoid(self.layers[0](x))

    def decoder(self, h):
        return torch.sigmoid(self.layers[1](h))

    def forward(self, x):
        return self.decoder(self.encoder(x))
