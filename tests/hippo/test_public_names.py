"""What other code may rely on: names, lazy imports, independence from withheld modules."""

import importlib
import subprocess
import sys

import pytest

import hippo

NAMES = {
    "hippo": """attractors autoencoder checkpoints cifar clevr conditioning corruption datafiles datasets dense dynamics experiments fast_weights few_shot glauber glyphs hopfield
        learning_rules memory memory_addressing metrics modern omniglot pattern_memory patterns plotting predictive_coding retrieval scenes sequences storkey strokes training
        trajectories""",
    "hippo.attractors": "KINDS basin classify distinct is_fixed mixtures stability",
    "hippo.autoencoder": "Autoencoder",
    "hippo.checkpoints": "load note save shipped",
    "hippo.conditioning": """CONTEXTS PRETRAINING_ROWS Responses conditioning_table pretraining_table ridge
        sensory_preconditioning stimulus_table""",
    "hippo.corruption": "add_gaussian_noise flip flip_exactly occlude occlude_every_second salt_and_pepper",
    "hippo.datasets": "DataError DownloadError Images flatten load_digits load_mnist only where_mnist",
    "hippo.dense": "ExponentialMemory PolynomialMemory",
    "hippo.dynamics": "follow",
    "hippo.experiments": "EXPERIMENTS Experiment",
    "hippo.fast_weights": """AttentionMemory Curve Examples FastMemory FastWeights FastWeightsConfig LSTM MatrixMemory
        ReferenceLSTM Training accuracy draw_examples load_trained new_network noisy_query train unseen_examples
        write_out""",
    "hippo.few_shot": """ARMS Accuracy Answer Arm AttractorMemory ConvNet Episodes Learner Rule SHIPPED Settings Training
        accuracies attend attention_loss by_class ceiling draw_episodes nearest_pixels prototype_scores publish recall
        shipped split_classes train write""",
    "hippo.datafiles": "DataError DownloadError bundled check_file find read_arrays",
    "hippo.glauber": "states sweep",
    "hippo.glyphs": "draw generate",
    "hippo.hopfield": "HopfieldNetwork energy field recall sweep trajectory update",
    "hippo.learning_rules": "covariance hebb outer_product projection pseudo_inverse without_self_coupling",
    "hippo.memory": "BipolarMemory Memory Ties recall trajectory",
    "hippo.memory_addressing": """Batch Draws ESTIMATORS Estimate Estimator Evaluation Evidence Layout MemoryVAE Sizes
        TrainingConfig address bound clamped_leave_one_out draw draw_memories draw_shared_memories enumerated_elbo
        estimate evaluate evidence exact_bound kl_address learning_signals leave_one_out loss new_model next_batch
        queries_at step_generator surrogate_loss train""",
    "hippo.metrics": """bit_errors capacity_amit capacity_binary capacity_mceliece capacity_mceliece_all
        capacity_polynomial capacity_projection capacity_storkey mse nearest overlap overlaps""",
    "hippo.modern": "ModernHopfield",
    "hippo.omniglot": "Characters Size load_characters where_omniglot",
    "hippo.pattern_memory": "LowRankHopfield PatternMemory hebb_memory",
    "hippo.patterns": "binarize random_patterns sign",
    "hippo.plotting": """Animation COLOURS accuracy_bars address_map alt_text cause_paths energy_traces episode_grid error_curves figure_of image_grid learning_curves loss_curves overlap_raster
        overlap_traces preconditioning_bars recall_grid reconstruction_grid save save_animation state_map
        trajectory_grid weight_matrix""",
    "hippo.predictive_coding": """Energies Fit History InferenceConfig LocalConfig MixturePrior MultiplicativePCRNN Noise PCRNN PCRNNConfig Retrieved Success Trace
        WanderConfig bottom_up descend dwelling energies expected_error_norm first_steps fit free_run_error infer infer_traced learn_locally letter_errors nearest_prototype noisy retrieve
        score_prototypes success wander""",
    "hippo.clevr": "load_clevr",
    "hippo.cifar": "ColourImages FILES as_pixels load_cifar where_cifar",
    "hippo.retrieval": """Corruption LearntPrecision MODELS MemoryNetwork PredictiveNetwork Retrieval Rule TuringRead bootstrap_interval
        corrupt descend_by_backprop free_energy measure mixture_energy mixture_step relax retrieve_by_gram retrieve_from_mixture
        stream_mixture_step""",
    "hippo.scenes": "MATERIALS PALETTE SHAPES Scenes crop draw_scenes render",
    "hippo.sequences": "Kernel cross_terms cycle dwell_time sequence_weights slow_trajectory",
    "hippo.storkey": "Form learn storkey storkey_prefixes",
    "hippo.training": "History train",
    "hippo.trajectories": """FILE Trajectories least_distance letters load_trajectories random_trajectories read_csv
        where_trajectories""",
}

WITHHELD = (
    "attractors",
    "autoencoder",
    "conditioning",
    "corruption",
    "dense",
    "glauber",
    "hopfield",
    "learning_rules",
    "memory",
    "metrics",
    "modern",
    "pattern_memory",
    "sequences",
    "storkey",
)


@pytest.mark.parametrize("module", NAMES)
def test_public_names_are_pinned(module):
    assert sorted(importlib.import_module(module).__all__) == sorted(NAMES[module].split())


@pytest.mark.parametrize("module", NAMES)
def test_every_public_name_exists(module):
    loaded = importlib.import_module(module)
    assert all(getattr(loaded, name) is not None for name in loaded.__all__)


def test_an_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = hippo.nonsense


def run_python(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_import_of_the_package_loads_neither_torch_nor_matplotlib():
    run_python("import sys, hippo, hippo.cli; assert not {'torch', 'matplotlib', 'keras', 'numpy'} & set(sys.modules)")


def test_what_a_student_is_given_works_without_the_withheld_modules():
    run_python(f"""
import sys
class Withheld:
    def find_spec(self, name, path=None, target=None):
        if name in {tuple(f"hippo.{name}" for name in WITHHELD)}:
            raise ImportError(name + " is withheld")
sys.meta_path.insert(0, Withheld())
import hippo
from hippo import datasets, dynamics, patterns, plotting, training
try:
    hippo.hopfield
except ImportError as error:
    assert "withheld" in str(error)
else:
    raise AssertionError("hopfield was imported")
""")
