"""What lesson 14 gives to debug."""


def their_pruned(net, masks, train):
    """A colleague's: ``net`` without the weights at which a mask is False, trained on.

    masks: {path of a weight: mask}.   train(net) trains it. The net is changed, and
    returned.
    """
    for path, weight in net.named_parameters():
        if path in masks:
            weight.data *= masks[path]
    train(net)
    return net
