"""The training steps that ../training_steps.py times: workloads, engines, one round."""
