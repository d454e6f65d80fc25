import pytest
from engines import ENGINES


@pytest.fixture(params=ENGINES)
def engine(request):
    return ENGINES[request.param]
