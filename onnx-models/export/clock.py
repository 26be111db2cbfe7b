"""The clock of the digits-ddpm network, read at any noise level.

digits-edm and digits-flow start from the weights of digits-ddpm. Its network knows VP pictures
z = alpha x0 + sigma eps, the index of their noise level in DDPM's linear schedule, and says the velocity
v = alpha eps - sigma x0. Another process is the same one rescaled and with another clock: its picture is
divided by its scale, its noise level found on this clock, and v turned into its own prediction.
"""
import torch

STEPS = 1000
LOWEST_BETA, HIGHEST_BETA = 0.1, 20.0  # linear betas from 1e-4 to 0.02 in 1,000 steps, as a rate over [0, 1]


def index_of(alpha_squared):
    """The index whose noise level has this alpha^2, the rest of it noise.

    Song et al., arXiv:2011.13456, equation 33: -ln alpha^2 = t b0 + t^2 (b1 - b0) / 2, solved for t. In float64:
    ONNX Runtime rounds a float32 logarithm in another way at the end of a batch than in its middle.
    """
    grown = -2 * torch.log(alpha_squared.double().clamp(min=1e-5)) * (HIGHEST_BETA - LOWEST_BETA)
    time = ((LOWEST_BETA ** 2 + grown).sqrt() - LOWEST_BETA) / (HIGHEST_BETA - LOWEST_BETA)
    return (STEPS * time - 1).float()
