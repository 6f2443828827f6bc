"""Rows by NVIDIA NeMo Data Designer; run by `model_runs.py` in an environment that has it: rows_by_data_designer.py URL ROWS."""

# pyright: basic, reportMissingImports=false
# it is no dependency of this project, and never installed beside it
import sys
import tempfile

import data_designer.config as dd
from data_designer.interface import DataDesigner
from pydantic import BaseModel

from rows_wanted import IN_FLIGHT, SYSTEM, TEMPLATE, measured


class Row(BaseModel):
    """What is asked for."""

    text: str
    label: str


def build_config() -> dd.DataDesignerConfigBuilder:
    inference = dd.ChatCompletionInferenceParams(max_parallel_requests=IN_FLIGHT)
    model = dd.ModelConfig(alias="tiny", model="tiny", provider="local", skip_health_check=True, inference_parameters=inference)
    config = dd.DataDesignerConfigBuilder(model_configs=[model])
    config.add_column(dd.SamplerColumnConfig(name="number", sampler_type=dd.SamplerType.UUID, params=dd.UUIDSamplerParams()))
    prompt = TEMPLATE.replace("{number}", "{{ number }}")
    config.add_column(dd.LLMStructuredColumnConfig(name="row", model_alias="tiny", system_prompt=SYSTEM, prompt=prompt, output_format=Row))
    return config


def main() -> None:
    url, rows = sys.argv[1], int(sys.argv[2])
    provider = dd.ModelProvider(name="local", endpoint=f"{url}/v1", provider_type="openai", api_key="none")
    with tempfile.TemporaryDirectory() as folder, measured(rows) as counts:
        designer = DataDesigner(artifact_path=folder, model_providers=[provider])
        designer.set_run_config(dd.RunConfig(otel_metrics_port=None))  # it listens on no port
        counts.append(len(designer.create(build_config(), num_records=rows).load_dataset()))


if __name__ == "__main__":
    main()
