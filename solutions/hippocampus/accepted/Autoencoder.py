# %% name="parts of its own, functional sigmoid"
class Layer(torch.nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.lin = torch.nn.Linear(a, b)

    def forward(self, x):
        return torch.sigmoid(self.lin(x))


class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.encoder = Layer(num_inputs, num_hidden)
        self.decoder = Layer(num_hidden, num_inputs)

    def forward(self, x):
        h = self.encoder(x)
        return self.decoder(h)


# %% name="parameter matrices applied from the right"
class SigmoidMap(torch.nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.W = torch.nn.Parameter(torch.randn(a, b) / a**0.5)
        self.b = torch.nn.Parameter(torch.zeros(b))

    def forward(self, x):
        return 1 / (1 + torch.exp(-(x @ self.W + self.b)))


class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super(Autoencoder, self).__init__()
        self.encoder = SigmoidMap(num_inputs, num_hidden)
        self.decoder = SigmoidMap(num_hidden, num_inputs)

    def forward(self, x):
        return self.decoder.forward(self.encoder.forward(x))


# %% name="methods instead of modules"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        super().__init__()
        self.fc1 = torch.nn.Linear(num_inputs, num_hidden)
        self.fc2 = torch.nn.Linear(num_hidden, num_inputs)

    def encoder(self, x):
        return torch.sigmoid(self.fc1(x))

    def decoder(self, h):
        return self.fc2(h).sigmoid()

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% name="named modules in an ordered dictionary"
class Autoencoder(torch.nn.Module):
    def __init__(self, num_inputs, num_hidden):
        from collections import OrderedDict

        super().__init__()
        self.encoder = torch.nn.Sequential(OrderedDict(fc=torch.nn.Linear(num_inputs, num_hidden), act=torch.nn.Sigmoid()))
        self.decoder = torch.nn.Sequential(OrderedDict(fc=torch.nn.Linear(num_hidden, num_inputs), act=torch.nn.Sigmoid()))

    def forward(self, x):
        reconstruction = self.decoder(self.encoder(x))
        return reconstruction
