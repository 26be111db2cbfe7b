"""diffusers' own DDIM loop around an exported network: the reference for the Java side, and an early look."""
import numpy as np
import torch
from diffusers import DDIMScheduler

from unet import NO_CLASS


def ddim_states(session, noise, classes, steps, guidance, clip="sample"):
    """Returns the states [steps + 1, n, 1, 28, 28] of DDIM (Song et al., arXiv:2010.02502), from noise to sample.

    `guidance` is the weight w of eps(no class) + w (eps(class) - eps(no class)); 1 asks the network once a step.
    `clip`: `sample` clips x0 to [-1, 1] and keeps eps as it was (diffusers' default), `rederived` also derives eps
    anew from the clipped x0 (use_clipped_model_output), `none` clips nothing.
    """
    scheduler = DDIMScheduler(num_train_timesteps=1000, beta_start=1e-4, beta_end=0.02, beta_schedule="linear",
                              clip_sample=clip != "none", set_alpha_to_one=True, steps_offset=0, timestep_spacing="leading")
    scheduler.set_timesteps(steps)
    x = np.asarray(noise, dtype=np.float32)
    states = [x]
    for timestep in scheduler.timesteps:
        eps = _guided(session, x, float(timestep), np.asarray(classes, dtype=np.int64), guidance)
        step = scheduler.step(torch.from_numpy(eps), timestep, torch.from_numpy(x), eta=0.0,
                              use_clipped_model_output=clip == "rederived")
        x = step.prev_sample.numpy()
        states.append(x)
    return np.stack(states)


def _guided(session, x, timestep, classes, guidance):
    eps = _predict(session, x, timestep, classes)
    if guidance == 1:
        return eps
    unconditional = _predict(session, x, timestep, np.full_like(classes, NO_CLASS))
    return unconditional + np.float32(guidance) * (eps - unconditional)


def _predict(session, x, timestep, classes):
    times = np.full(len(x), timestep, dtype=np.float32)
    return session.run(["out_sample"], {"sample": x, "timestep": times, "class_labels": classes})[0]
