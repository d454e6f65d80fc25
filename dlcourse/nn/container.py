"""Modules made of modules, and those that only pass on."""

from dlcourse.nn.module import Module


class _Numbered(Module):
    """Modules whose names are "0", "1", "2", ..."""

    def __init__(self, modules):
        super().__init__()
        for module in modules:
            self.append(module)

    def append(self, module):
        if not isinstance(module, Module):
            hint = ": call it, ReLU()" if callable(module) else ""
            raise TypeError(
                f"{type(self).__name__} expects modules, got {type(module).__name__} "
                f"at position {len(self)}{hint}"
            )
        setattr(self, str(len(self)), module)
        return self

    def __len__(self):
        return len(list(self._parts()))

    def __iter__(self):
        return (module for _, module in self._parts())


class Sequential(_Numbered):
    """Modules applied one after the other."""

    def __init__(self, *modules):
        super().__init__(modules)

    def forward(self, input):
        for module in self:
            input = module(input)
        return input

    def __getitem__(self, index):
        modules = list(self)[index]
        return Sequential(*modules) if isinstance(index, slice) else modules


class ModuleList(_Numbered):
    """A list of modules that the parent finds, for a ``forward`` of one's own."""

    def __init__(self, modules=()):
        super().__init__(modules)

    def __getitem__(self, index):
        modules = list(self)[index]
        return ModuleList(modules) if isinstance(index, slice) else modules


class Identity(Module):
    """The input, as it is."""

    def forward(self, input):
        return input


class Flatten(Module):
    """Axes made one: (N, C, H, W) -> (N, C H W) for a linear layer to follow."""

    def __init__(self, start_dim=1, end_dim=-1):
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input):
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self):
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"
